// Watching the work on a dossier: server-sent events move the bar; at the end the page is loaded
// again, with its findings. A lost connection is taken up again where it broke off.
const words = JSON.parse(document.getElementById("words").textContent);
const progress = document.getElementById("progress");
const bar = document.getElementById("progress-bar");
const told = document.getElementById("progress-words");
const lang = document.documentElement.lang;
const source = new EventSource(progress.dataset.events);

function say(event) {
  const news = JSON.parse(event.data);
  told.textContent = news.words[lang] ?? news.words.vi;
  if (news.steps) {
    bar.max = news.steps;
    bar.value = news.step;
  }
}

for (const kind of ["asked", "step", "done", "failed", "waiting"]) source.addEventListener(kind, say);
source.addEventListener("end", () => {
  source.close();
  location.reload();
});
source.addEventListener("error", (event) => {
  if (event instanceof MessageEvent) return;
  told.textContent = words.lost;
  if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
});

// Delivering a dossier: choose or drop a file, see how much is sent, cancel. The plain form does it
// too, without scripts. Texts reach the page through textContent alone.
const words = JSON.parse(document.getElementById("words").textContent);
const form = document.getElementById("deliver");
const file = document.getElementById("file");
const drop = document.getElementById("drop");
const sending = document.getElementById("sending");
const bar = document.getElementById("sending-bar");
const told = document.getElementById("sending-words");
const refusal = document.getElementById("refusal");
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function refuse(text) {
  refusal.textContent = text;
  refusal.hidden = false;
  sending.hidden = true;
  form.hidden = false;
  file.focus();
}

function inLanguage(problem) {
  const lang = document.documentElement.lang;
  return [problem.message?.[lang], problem.remedy?.[lang]].filter(Boolean).join(" ") || words.failed;
}

function answered(request) {
  let document_ = {};
  try { document_ = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
  if (request.status === 202 || request.status === 200) {
    const address = new URL(document_.links.page, location.origin);
    if (document.documentElement.lang === "en") address.searchParams.set("lang", "en");
    location.assign(address.pathname + address.search);
  } else {
    refuse(inLanguage(document_));
  }
}

function showSent(event) {
  if (!event.lengthComputable) return;
  bar.value = (100 * event.loaded) / event.total;
  told.textContent = event.loaded < event.total
    ? `${words.sending}: ${percent.format(event.loaded / event.total)}` : words.received;
}

function send() {
  refusal.hidden = true;
  if (!file.files.length) return refuse(words.no_file);
  if (file.files[0].size > Number(form.dataset.limit)) return refuse(words.too_large);
  const request = new XMLHttpRequest();
  request.open("POST", "/v1/dossiers");
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRF-Token", form.dataset.csrf);
  request.upload.addEventListener("progress", showSent);
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => refuse(words.failed));
  request.addEventListener("abort", () => refuse(words.cancelled));
  document.getElementById("cancel").onclick = () => request.abort();
  form.hidden = true;
  sending.hidden = false;
  bar.value = 0;
  told.textContent = words.sending;
  request.send(new FormData(form));
}

form.noValidate = true; // we say what is missing, in the page's language
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

document.querySelector(".drop__words").hidden = false;
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("drop--over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("drop--over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("drop--over");
  if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
});

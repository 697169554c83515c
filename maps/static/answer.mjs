// The answer document parcel-answer/1 as a short text for the sheet beside the map.

const SIGNS = { applies: "●", does_not_apply: "○", no_data: "?" };

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== "")); // strings become text
  return made;
}

function inLanguage(config, words) {
  return typeof words === "object" && words !== null ? words[config.lang] ?? words.vi : words ?? "";
}

function heading(config, parcel) {
  if (!parcel) return config.words.point;
  return config.words.parcel.replace("{number}", parcel.number ?? "–").replace("{sheet}", parcel.sheet ?? "–");
}

function pageLink(config, parcel) {
  if (!parcel?.url) return null;
  const address = new URL(parcel.url, location.origin);
  if (address.origin !== location.origin) return null;
  if (config.lang === "en") address.searchParams.set("lang", "en");
  if (config.valid_at) address.searchParams.set("valid_at", config.valid_at);
  const link = element("a", "button", config.words.open);
  link.href = address.pathname + address.search;
  return link;
}

function subject(item) {
  if (item.zone) return [item.zone.symbol, item.zone.function ?? item.zone.land_use_code].filter(Boolean).join(" – ");
  return item.line?.name ?? item.feature?.name ?? "";
}

function amount(config, item) {
  const write = new Intl.NumberFormat(config.lang === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 1 });
  if (item.area_m2 === null || item.area_m2 === undefined) return "";
  const share = item.share === null || item.share === undefined ? "" : ` (${write.format(item.share * 100)}%)`;
  return `${write.format(item.area_m2)} m²${share}`;
}

function itemLine(config, item) {
  const words = [subject(item), amount(config, item)].filter(Boolean).join(": ");
  return element("li", "", words ? element("strong", "", words) : null, words ? " · " : "", item.plan.name,
    item.plan.decision ? `, ${item.plan.decision}` : "");
}

function themeLine(config, theme) {
  const sign = element("span", "tag__sign", SIGNS[theme.result]);
  sign.setAttribute("aria-hidden", "true");
  const tag = element("span", `tag tag--${theme.result}`, sign, " ", config.words[theme.result]);
  const title = inLanguage(config, theme.title) || config.themes[theme.theme];
  const items = theme.items.map((item) => itemLine(config, item));
  return element("li", "", tag, title, items.length ? element("ul", "", ...items) : null);
}

export function answerView(config, answer) {
  const themes = answer.themes.map((theme) => themeLine(config, theme));
  return element("div", "", element("h2", "", heading(config, answer.parcel)),
    answer.invented ? element("p", "muted", config.words.invented) : null,
    pageLink(config, answer.parcel), element("ul", "themes", ...themes));
}

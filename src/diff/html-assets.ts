/** Style and script of the page. Class names begin with `d-`, because the picture brings its own. */

export const style = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1a2230; --quiet: #5b6675; --line: #d9dee5; --code: #eef1f5; --focus: #2563eb;
  --danger: #b42318; --danger-soft: #fdeceb; --warning: #8a5300; --warning-soft: #fdf1dc; --info: #175cd3; --info-soft: #e8f0fd;
  --good: #176b3a; --good-soft: #e3f5ea; --old: #fdeceb; --new: #e6f6ec; --old-mark: #f9b4ae; --new-mark: #a6e3bb; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0f141b; --card: #171d26; --ink: #e6ebf2; --quiet: #9aa7b7; --line: #2b3543; --code: #1f2733; --focus: #7aa7ff;
  --danger: #ff9c93; --danger-soft: #3a1a18; --warning: #f5c26b; --warning-soft: #35270f; --info: #8fb8ff; --info-soft: #16263f;
  --good: #7fd6a0; --good-soft: #12301f; --old: #2f1a1b; --new: #132a1e; --old-mark: #7a2b29; --new-mark: #1f6b3f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
code, pre, kbd, th[scope=row] { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
h1 { font-size: 19px; margin: 0; } h2 { font-size: 15px; margin: 28px 0 10px; }
h2 small, .d-where, .d-origin, dt { color: var(--quiet); font-weight: 400; font-size: 12.5px; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 4px; background: var(--card); color: var(--quiet); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.d-head { display: flex; flex-wrap: wrap; gap: 12px 32px; align-items: center; padding: 20px 24px; background: var(--card); border-bottom: 1px solid var(--line); }
.d-verdict { border-left: 5px solid; padding-left: 14px; } .d-verdict p { margin: 2px 0 0; color: var(--quiet); }
.is-routine { border-color: var(--good); } .is-danger { border-color: var(--danger); } .is-warning { border-color: var(--warning); }
.is-routine h1 { color: var(--good); } .is-danger h1 { color: var(--danger); } .is-warning h1 { color: var(--warning); }
.d-sides { display: flex; gap: 24px; margin: 0; } .d-sides dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.d-filters { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; padding: 10px 24px; background: var(--page); border-bottom: 1px solid var(--line); }
.d-filters fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.d-filters legend { float: left; margin-right: 6px; color: var(--quiet); font-size: 12.5px; }
.d-filters input[type=search], .d-filters select, .d-filters button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 3px 8px; }
.d-search span { position: absolute; clip-path: inset(50%); } .d-search input { width: 210px; } .d-search kbd { margin-left: -24px; }
.d-chip input { position: absolute; opacity: 0; }
.d-chip span { display: inline-block; padding: 1px 9px; border: 1px solid var(--line); border-radius: 99px; background: var(--card); color: var(--quiet); cursor: pointer; text-decoration: line-through; }
.d-chip :checked + span { color: var(--ink); border-color: var(--quiet); text-decoration: none; }
.d-chip :focus-visible + span { outline: 2px solid var(--focus); outline-offset: 2px; }
#d-count { color: var(--quiet); margin-left: auto; }
main { max-width: 1500px; margin: 0 auto; padding: 0 24px 80px; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
th { text-align: left; font-weight: 600; } thead th { color: var(--quiet); font-size: 12px; font-weight: 500; }
td, th { padding: 7px 10px; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; } thead th { border-top: 0; }
.d-flags td:first-child { width: 90px; } .d-flags td:nth-child(2) { width: 30%; } .d-flags td:nth-child(3) { width: 17%; } .d-rule { color: var(--quiet); background: var(--code); padding: 0 5px; border-radius: 4px; white-space: nowrap; }
.d-severity { font-size: 11.5px; font-weight: 600; padding: 1px 8px; border-radius: 99px; white-space: nowrap; }
.d-danger { color: var(--danger); background: var(--danger-soft); } .d-warning { color: var(--warning); background: var(--warning-soft); } .d-info { color: var(--info); background: var(--info-soft); }
article { margin: 10px 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
article[data-severity=danger] { border-left: 4px solid var(--danger); } article[data-severity=warning] { border-left: 4px solid var(--warning); } article[data-severity=info] { border-left: 4px solid var(--info); }
article.is-current { box-shadow: 0 0 0 2px var(--focus); }
article summary { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; padding: 9px 12px; cursor: pointer; list-style: none; }
article summary::-webkit-details-marker { display: none; } article summary code { font-weight: 600; font-size: 13px; }
.d-where { margin-left: auto; } .d-origin { margin: 0 12px 8px; } .d-others { margin: 0 12px 10px; padding-left: 20px; columns: 3 320px; }
.d-mark { width: 20px; height: 20px; line-height: 20px; text-align: center; border-radius: 5px; font-weight: 700; font-family: ui-monospace, monospace; }
.d-mark-added { background: var(--good-soft); color: var(--good); } .d-mark-removed { background: var(--danger-soft); color: var(--danger); }
.d-mark-changed { background: var(--warning-soft); color: var(--warning); } .d-mark-renamed { background: var(--info-soft); color: var(--info); }
.d-leaves { border-width: 1px 0 0; border-radius: 0; table-layout: fixed; } .d-leaves th[scope=row] { width: 26%; font-weight: 400; color: var(--quiet); } .d-leaves thead th:first-child { width: 26%; }
pre { margin: 0; padding: 4px 8px; border-radius: 5px; white-space: pre-wrap; overflow-wrap: anywhere; }
.d-old { background: var(--old); } .d-new { background: var(--new); } .d-old mark { background: var(--old-mark); color: inherit; border-radius: 3px; } .d-new mark { background: var(--new-mark); color: inherit; border-radius: 3px; }
.d-context { color: var(--quiet); } .d-absent { color: var(--quiet); font-style: italic; } .d-whole { margin: 0 12px 12px; max-height: 420px; overflow: auto; }
.d-topology { margin-top: 20px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; } .d-topology summary { padding: 9px 12px; cursor: pointer; font-weight: 600; }
.d-topology > div { overflow-x: auto; padding: 0 12px 12px; } .d-picture { max-width: 100%; max-height: 520px; }
.d-place { white-space: nowrap; } .d-flags a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; } .d-flags a:hover { text-decoration-color: currentColor; }
article { scroll-margin-top: 110px; } article:target { box-shadow: 0 0 0 2px var(--focus); }
.d-picture .d-quiet { opacity: .32; } .d-picture .edge { opacity: .35; }
.d-picture .d-touched > path, .d-picture .d-touched > polygon { stroke-width: 4; }
.d-picture .d-touched-danger > path, .d-picture .d-touched-danger > polygon { stroke: var(--danger); } .d-picture .d-touched-warning > path, .d-picture .d-touched-warning > polygon { stroke: var(--warning); } .d-picture .d-touched-info > path, .d-picture .d-touched-info > polygon, .d-picture .d-touched-none > path, .d-picture .d-touched-none > polygon { stroke: var(--info); }
[hidden] { display: none !important; }
@media (max-width: 760px) { .d-flags thead { display: none; } .d-flags tr { display: block; border-top: 1px solid var(--line); padding: 6px 0; } .d-flags td, .d-flags td:nth-child(n) { display: block; width: auto; border: 0; padding: 2px 10px; } .d-leaves thead { display: none; } .d-leaves tr { display: block; border-top: 1px solid var(--line); } .d-leaves td, .d-leaves th[scope=row] { display: block; width: auto; border: 0; padding: 4px 10px; } .d-filters { position: static; } }
@media print { .d-filters { display: none; } article { break-inside: avoid; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;

export const script = `
const form = document.querySelector(".d-filters");
const search = document.getElementById("d-search");
const kind = document.getElementById("d-kind");
const items = [...document.querySelectorAll("[data-severity]")];
const articles = items.filter((item) => item.tagName === "ARTICLE");
const texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
const checked = (name) => new Set([...form.querySelectorAll("[name=" + name + "]:checked")].map((box) => box.value));
let current = null;
function apply() {
  const severities = checked("severity"), environments = checked("environment");
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const item of items) {
    const { severity, environments: places, kind: itsKind } = item.dataset;
    const text = texts.get(item);
    item.hidden = !(severities.has(severity) && places.split(" ").some((place) => environments.has(place)) &&
      (kind.value === "" || kind.value === itsKind) && words.every((word) => text.includes(word)));
  }
  const shown = articles.filter((article) => !article.hidden).length;
  document.getElementById("d-count").value = shown + " of " + articles.length + " changes";
  document.querySelector(".d-none").hidden = shown > 0 || articles.length === 0;
}
function go(step) {
  const shown = articles.filter((article) => !article.hidden);
  if (shown.length === 0) return;
  const at = shown.indexOf(current);
  current?.classList.remove("is-current");
  current = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
  current.classList.add("is-current");
  current.focus({ preventScroll: true });
  current.scrollIntoView({ block: "center" });
}
form.addEventListener("input", apply);
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input[type=search], select");
  if (event.key === "Escape" && typing) event.target.blur();
  else if (typing) return;
  else if (event.key === "/") { event.preventDefault(); search.focus(); search.select(); }
  else if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "o" && current) { const details = current.querySelector("details"); details.open = !details.open; }
});
apply();
`;

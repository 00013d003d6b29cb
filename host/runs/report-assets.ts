// Style and script of report.html, as text in one place so that the page stays one file.

export const REPORT_STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --back: #fff; --line: #d1d9e0; --bar: #bc4c00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --quiet: #9198a1; --back: #0d1117; --line: #3d444d; --bar: #f0883e; }
}
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
main { max-width: 80rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
h1 { font-size: 1.6rem; margin: .5rem 0 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.about { color: var(--quiet); margin: .25rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th[scope=row], .layers td:nth-child(3), .layers th:nth-child(2), .layers th:nth-child(3) { text-align: left; font-weight: 500; }
thead th { vertical-align: bottom; border-bottom-width: 2px; }
small { color: var(--quiet); }
button { all: unset; cursor: pointer; font-weight: 600; white-space: normal; }
button:focus-visible, .scroll:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: ' ▲'; }
th[aria-sort=descending] button::after { content: ' ▼'; }
.bar { display: inline-block; vertical-align: middle; height: .7em; margin-right: .5em; min-width: 1px;
  width: calc(min(1, var(--share) * 2) * 8rem); background: var(--bar); }
@media print { .scroll { overflow: visible; } }
`;

export const REPORT_SCRIPT = `
for (const table of document.querySelectorAll('table.layers')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.firstElementChild.addEventListener('click', () => {
    const down = head.getAttribute('aria-sort') !== 'descending';
    for (const each of heads) each.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const key = (row) => { const cell = row.cells[column]; return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value); };
    const rows = [...table.tBodies[0].rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    table.tBodies[0].append(...(down ? rows.reverse() : rows));
  }));
}
`;

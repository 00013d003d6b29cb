// Style of report.html, as text so that the page stays one file. What the panel's own style says of its part comes first.

export const REPORT_STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --back: #fff; --line: #d1d9e0; --bar: #bc4c00; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --quiet: #9198a1; --back: #0d1117; --line: #3d444d; --bar: #f0883e; }
}
body { margin: 0; font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
body[data-report] { padding: 0; }
.only-live, #panel h1 { display: none; }
#panel main { padding: 0 1.5rem 3rem; }
.page { max-width: 80rem; margin: 0 auto; padding: 1rem 1.5rem; overflow-x: auto; }
#panel .details { max-height: none; }
.page h1 { font-size: 1.6rem; margin: .5rem 0 0; }
.page h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.about { color: var(--quiet); margin: .25rem 0 0; }
.scroll { overflow-x: auto; }
.page table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.page th, .page td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
.page th[scope=row], .layers td:nth-child(3), .layers th:nth-child(2), .layers th:nth-child(3) { text-align: left; font-weight: 500; }
.page thead th { vertical-align: bottom; border-bottom-width: 2px; }
.page small { color: var(--quiet); }
.scroll:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
.page .bar { display: inline-block; vertical-align: middle; height: .7em; margin-right: .5em; min-width: 1px;
  width: calc(min(1, var(--share) * 2) * 8rem); background: var(--bar); }
@media print { .scroll { overflow: visible; } }
`;

// Datasette's own tables, for those who hear them or use keys alone: names for the filters, headings in order.
(() => {
  const names = { _filter_column: "Column to filter by", _filter_op: "How to compare", _filter_value: "Value to compare with", _sort: "Sort by" };
  for (const field of document.querySelectorAll(".filters select, .filters input[type=text]")) {
    const [, name, number] = field.name.match(/^(_[a-z_]+?)(?:_(\d+))?$/) || [];
    if (names[name]) field.setAttribute("aria-label", names[name] + (number ? `, filter ${number}` : ""));
  }
  for (const heading of document.querySelectorAll(".content h3")) heading.setAttribute("aria-level", "2");
  for (const list of document.querySelectorAll(".column-descriptions")) {
    list.tabIndex = 0;
    list.setAttribute("aria-label", "What the columns hold");
  }
  const sql = document.getElementById("sql-editor");
  if (sql) sql.setAttribute("aria-label", "SQL");
  for (const table of document.querySelectorAll("table.rows-and-columns")) table.tabIndex = 0; // scrolls sideways
  for (const cross of document.querySelectorAll("a.cross")) cross.setAttribute("aria-label", "Remove this facet");
})();

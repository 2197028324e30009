"use strict";
for (const table of document.querySelectorAll("table.live")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const lines = original.filter((row) => !row.classList.contains("group"));
  const heads = [...table.tHead.rows[0].cells];
  if (lines.length < 2) continue;
  const state = { column: -1, down: false, words: "" };

  const cellValue = (row, column) => {
    const cell = row.cells[column];
    const said = cell.dataset.value ?? cell.textContent.trim();
    return said === "" || isNaN(said) ? said : Number(said);
  };
  const isEmpty = (value) => value === "";
  const compare = (a, b) => typeof a === "number" && typeof b === "number"
    ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });

  const show = () => {
    const sorted = state.column >= 0;
    const sign = state.down ? -1 : 1;
    const rows = sorted ? [...lines].sort((a, b) => {
      const [x, y] = [cellValue(a, state.column), cellValue(b, state.column)];
      return isEmpty(x) - isEmpty(y) || sign * compare(x, y);
    }) : original;
    body.append(...(sorted ? original.filter((row) => row.classList.contains("group")) : []), ...rows);
    let group = null;
    let n = 0;
    for (const row of body.rows) {
      if (row.classList.contains("group")) { group = row; row.hidden = true; continue; }
      row.hidden = !row.textContent.toLowerCase().includes(state.words);
      if (row.hidden) continue;
      n += 1;
      if (group && !sorted) group.hidden = false;
    }
    heads.forEach((head, k) => {
      if (head.querySelector("button")) {
        head.setAttribute("aria-sort", k !== state.column ? "none" : state.down ? "descending" : "ascending");
      }
    });
    count.textContent = state.words ? `${n} of ${lines.length} rows` : "";
  };

  heads.forEach((head, column) => {
    if (head.dataset.sort === "no") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    const numeric = head.classList.contains("num");
    button.addEventListener("click", () => {
      if (state.column !== column) Object.assign(state, { column, down: numeric });
      else if (state.down === numeric) state.down = !numeric;
      else state.column = -1;
      show();
    });
  });

  const controls = document.createElement("p");
  controls.className = "controls";
  const label = document.createElement("label");
  const field = document.createElement("input");
  field.type = "search";
  const count = document.createElement("output");
  label.append("Show rows with ", field);
  controls.append(label, " ", count);
  table.before(controls);
  field.addEventListener("input", () => { state.words = field.value.trim().toLowerCase(); show(); });
  table.classList.add("ready");
}

"use strict";
document.querySelectorAll("table[data-sort]").forEach(function (table) {
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells), body = table.tBodies[0];
  function value(row, place, numeric) {
    var text = row.cells[place].textContent.trim();
    if (!numeric) { return text.toLowerCase(); }
    var found = parseFloat(text.replace(/,/g, "").replace("\u2212", "-"));
    return isNaN(found) ? null : found;
  }
  heads.forEach(function (head, place) {
    var button = document.createElement("button"), numeric = head.classList.contains("n"), name = head.textContent;
    button.type = "button";
    button.appendChild(document.createElement("span")).textContent = name;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var before = head.getAttribute("aria-sort"), first = numeric ? "descending" : "ascending";
      var order = before ? (before === "ascending" ? "descending" : "ascending") : first;
      var sign = order === "ascending" ? 1 : -1;
      var total = body.querySelector(".total");
      var rows = Array.prototype.filter.call(body.rows, function (row) { return row !== total; }).map(function (row) { return [value(row, place, numeric), row]; });
      rows.sort(function (a, b) {
        if (a[0] === b[0]) { return 0; }
        if (a[0] === null || a[0] === "") { return 1; }
        if (b[0] === null || b[0] === "") { return -1; }
        return (numeric ? a[0] - b[0] : a[0].localeCompare(b[0], "en-GB", { numeric: true })) * sign;
      });
      rows.forEach(function (each) { body.appendChild(each[1]); });
      if (total) { body.appendChild(total); }
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", order);
      document.getElementById("said").textContent =
        table.caption.querySelector("strong").textContent + ": sorted by " + name + ", " + order;
    });
  });
});
(function () {
  var kept = [];  // a browser repeats a header on each printed page without the buttons in it
  window.addEventListener("beforeprint", function () {
    kept = Array.prototype.map.call(document.querySelectorAll("thead th"), function (head) {
      var button = head.querySelector("button");
      if (button) { head.textContent = button.textContent; }
      return [head, button];
    });
  });
  window.addEventListener("afterprint", function () {
    kept.forEach(function (each) { if (each[1]) { each[0].textContent = ""; each[0].appendChild(each[1]); } });
    kept = [];
  });
}());

// Search without a server: a browser lets a page that is opened from a folder load scripts, and no worker and no JSON.
// So the index is a script (see hooks.py), loaded on the page of results alone; boxes on other pages lead there.
(function () {
  "use strict";
  var found = document.getElementById("mkdocs-search-results");
  if (!found) return;
  var box = document.getElementById("mkdocs-search-query");
  var shown = 40, around = 90;

  function script(name) {
    return new Promise(function (done, failed) {
      var each = document.createElement("script");
      each.src = base_url.replace(/\/$/, "") + "/search/" + name;
      each.onload = done;
      each.onerror = failed;
      document.head.appendChild(each);
    });
  }

  function words(text) {
    return lunr.tokenizer(text.toLowerCase()).map(String).filter(Boolean);
  }

  // every word of the query, whole or as a beginning; if no section has them all, any of them
  function look(index, asked) {
    var passes = [lunr.Query.presence.REQUIRED, lunr.Query.presence.OPTIONAL];
    for (var pass = 0; pass < passes.length; pass++) {
      var hits = index.query(function (query) {
        asked.forEach(function (word) {
          var stem = lunr.stemmer(new lunr.Token(word)).toString(); // the index holds stems
          if (!lunr.stopWordFilter(new lunr.Token(word))) return;
          query.term(word, {boost: 10});
          query.term(stem, {presence: passes[pass], wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false});
        });
      });
      if (hits.length) return hits;
    }
    return [];
  }

  function part(text, asked) {
    var low = text.toLowerCase();
    var at = asked.map(function (word) { return low.indexOf(word); }).filter(function (place) { return place >= 0; });
    var start = Math.max(0, (at.length ? Math.min.apply(null, at) : 0) - around);
    return (start ? "… " : "") + text.slice(start, start + 3 * around) + (start + 3 * around < text.length ? " …" : "");
  }

  function add(parent, tag, text) {
    var node = document.createElement(tag);
    node.textContent = text;
    return parent.appendChild(node);
  }

  function show(index, sections) {
    var asked = words(box.value);
    var hits = asked.length ? look(index, asked) : [];
    found.textContent = "";
    add(found, "p", !asked.length ? "Type what you look for."
      : !hits.length ? "Nothing was found. Try fewer or other words."
      : hits.length === 1 ? "1 section" : hits.length > shown ? hits.length + " sections; the first " + shown + ":"
      : hits.length + " sections").setAttribute("role", "status");
    hits.slice(0, shown).forEach(function (hit) {
      var section = sections[hit.ref], article = add(found, "article", "");
      var link = add(add(article, "h3", ""), "a", section.title);
      link.href = base_url.replace(/\/$/, "") + "/" + section.location;
      if (section.page !== section.title) add(article, "p", section.page).className = "of-page";
      add(article, "p", part(section.text, asked));
    });
  }

  Promise.all([script("lunr.js"), script("index.js")]).then(function () {
    var given = window.documentation, sections = {};
    lunr.tokenizer.separator = new RegExp(given.separator);
    var index = lunr(function () {
      this.ref("location");
      this.field("title", {boost: 8});
      this.field("page", {boost: 3});
      this.field("text");
      given.sections.forEach(function (section) {
        sections[section.location] = section;
        this.add(section);
      }, this);
    });
    box.value = new URLSearchParams(window.location.search).get("q") || "";
    box.addEventListener("input", function () { show(index, sections); });
    show(index, sections);
  }, function () {
    found.textContent = "The search could not be loaded: a file of this site is missing.";
  });
})();

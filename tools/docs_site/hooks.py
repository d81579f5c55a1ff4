"""The search index of the built site as a script, which a page that is opened from a folder may load.

The theme's search asks for JSON through a worker, and a browser refuses both without a server. `search/main.js` beside
this file replaces it, and reads what is written here.
"""

from __future__ import annotations

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig


def on_post_build(config: MkDocsConfig) -> None:
    """Write `search/index.js` from the search plugin's JSON, and leave out what nothing reads any more."""
    folder = Path(config.site_dir) / "search"
    source = folder / "search_index.json"
    given = json.loads(source.read_text("utf-8"))
    pages = {each["location"]: each["title"] for each in given["docs"] if "#" not in each["location"]}
    sections = [{**each, "page": pages.get(each["location"].partition("#")[0], "")} for each in given["docs"]]
    index = json.dumps({"separator": given["config"]["separator"], "sections": sections}, ensure_ascii=False)
    (folder / "index.js").write_text(f"window.documentation = {index};\n", "utf-8")
    for name in (source, folder / "worker.js"):
        name.unlink(missing_ok=True)

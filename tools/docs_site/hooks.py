"""What the built site needs beside its pages: the search index as a script, and the walks to download.

The theme's search asks for JSON through a worker, and a browser refuses both without a server. `search/main.js` beside
this file replaces it, and reads what is written here.
"""

from __future__ import annotations

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

WALKS = "../../examples/walks/"  # as the pages link to the scripts in the repository


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the scripts of the walks beside their pages, so that a reader of the site can download them."""
    for script in sorted((Path(config.docs_dir).parent / "examples" / "walks").glob("*.py")):
        files.append(File.generated(config, f"walks/{script.name}", abs_src_path=str(script)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Lead links to the scripts to where the site has them."""
    return markdown.replace(f"]({WALKS}", "](")


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

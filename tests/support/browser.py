"""A page in a headless browser: what is installed of Chromium's family, without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_RESULT = "browser-test-result"
_BEFORE = """<script>window.faults = [];
addEventListener("error", (event) => faults.push(String(event.message || event.target.src).slice(0, 200)),
true); addEventListener("securitypolicyviolation", (event) => faults.push(`policy: ${event.blockedURI}`));
</script>"""
_AFTER = """<script>(async () => {
  const settled = () => new Promise((go) => setTimeout(go, 60)), byId = (id) => document.getElementById(id);
  const loaded = async () => {
    await settled();
    await Promise.all([...document.images].filter((i) => i.src).map((i) => i.decode().catch(() =>
    faults.push(i.alt))));
  };
  let found;
  try { found = await (async () => { %s })(); } catch (error) { faults.push(String(error)); }
  const out = document.createElement("pre");
  out.id = "%s";
  out.textContent = JSON.stringify({ found, faults });
  document.body.append(out);
})();</script>"""


def browser() -> str:
    """Its path; skips the test where there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    pytest.skip(f"no browser is installed (looked for {', '.join(NAMES)})")


def run_in_page(page: Path, script: str, folder: Path) -> Any:
    """Open a page from disk, run `script` (the body of an async function) in it and return what it returns.

    `loaded()` waits until all pictures are decoded. Fails where the page raised an error, violated its own
    policy, or has a picture that can't be decoded.
    """
    program = browser()
    text = page.read_text(encoding="utf-8")
    assert text.count("<head>") == text.count("</body>") == 1
    copy = folder / "page.html"
    copy.write_text(
        text.replace("<head>", "<head>" + _BEFORE).replace("</body>", _AFTER % (script, _RESULT) + "</body>"),
        encoding="utf-8",
    )
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000",
        f"--user-data-dir={folder / 'profile'}", "--dump-dom",
    ]  # fmt: skip
    done = subprocess.run(
        [program, *options, copy.as_uri()], capture_output=True, text=True, timeout=120, check=False
    )
    _, mark, rest = done.stdout.rpartition(f'<pre id="{_RESULT}">')
    assert mark, f"the page told nothing: {done.stderr[-600:]}"
    told = json.loads(
        rest.partition("</pre>")[0].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    )
    assert told["faults"] == []
    return told["found"]

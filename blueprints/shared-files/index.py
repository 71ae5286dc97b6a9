"""Writes a list of the projects and how large each is, beside them."""

import json
import os
from pathlib import Path


def handler(event, context):
    """Write the list anew and return how many projects there are."""
    root = Path(os.environ["PROJECTS"])
    sizes = {
        folder.name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for folder in sorted(root.iterdir())
        if folder.is_dir()
    }
    (root / "index.json").write_text(json.dumps(sizes, indent=1))
    return {"projects": len(sizes)}

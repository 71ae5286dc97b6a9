"""What the command line does, in Python: load a blueprint, check it, make its outputs, and walk what it means.

python walk.py ../shop/shop.yaml out
"""

import sys
from pathlib import Path

import archkit


def main(path: str, folder: str) -> int:
    """Write the picture and the templates of a blueprint; print who is joined with whom."""
    shop = archkit.load(path)
    report = shop.check()
    for found in report:
        print(f"{found.span}: {found.severity}: {found.message}")
    if report.failed:
        return 1
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    for name, template in shop.synth(format="cloudformation").templates.items():
        (out / f"{name}.cfn.yaml").write_text(template, "utf-8")
    (out / "picture.svg").write_bytes(shop.render("svg"))
    print(shop.describe())
    for line in walk(shop):
        print(line)
    return 0


def walk(shop: archkit.Compilation) -> list[str]:
    """Return a line for each node, and below it what its edges do."""
    architecture = shop.sound()
    lines = []
    for node in architecture.nodes.values():
        lines.append(f"{node.title} is {node.kind.name}")
        for edge in architecture.edges_of(node.id):
            if edge.source == node.id:
                words = ", ".join(effect.word for effect in edge.effects) or "flow"
                lines.append(f"  {words} -> {architecture[edge.target].title}")
    return lines


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Make assets/example: the finished run that the app shows before anybody has run anything.

Bundled models on the bundled texts, so nothing in it belongs to anybody else. All texts are predicted, 40 are
explained. Some minutes on two cores.

Usage: python -m tools.build_example [--out assets/example]
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from trust_core.domain.spec import DEMO_MARGINS, DataSpec, LimeSpec, Spec
from trust_core.wiring.engine import evaluate

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 3_000_000
TABLES = ("texts", "predictions", "pairs", "attributions")

SPEC = Spec(
    reference="nli-reference",
    candidates=("nli-student-3l", "ref:int8", "ref:prune=0.5"),
    data=DataSpec(source="bundled:nli"),
    explain_limit=40,
    control_texts=24,
    lime=LimeSpec(samples=500),
    margins=DEMO_MARGINS,
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "example")
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, "run")
        evaluate(SPEC, run, progress=lambda p: print(p.phase, p.done, p.total, flush=True))
        out.mkdir(parents=True, exist_ok=True)
        for name in ("report.json", "spec.json", *(f"{table}.parquet" for table in TABLES)):
            shutil.copyfile(run / name, out / name)
        # Where it was made is nobody's business.
        marker = json.loads((run / "run.json").read_text(encoding="utf-8"))
        marker.pop("directory", None)
        (out / "run.json").write_text(json.dumps(marker, indent=2) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in out.iterdir())
    print(f"{out}: {size:,} bytes")
    if size > LARGEST:
        raise SystemExit(f"The example is larger than {LARGEST:,} bytes.")


if __name__ == "__main__":
    main()

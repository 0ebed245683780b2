"""Figures that cost more than a lecture's budget: measured once by `benchmarks/`, kept here with their provenance."""

import datetime
import json
import platform
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

FOLDER = Path(__file__).parent


@dataclass
class Recording:
    """Rows of figures and where they come from: the command, the device, versions, commit and the recipe's hash."""

    name: str
    command: str
    recipe_hash: str
    rows: list[dict]
    device: str
    versions: dict[str, str]
    commit: str
    date: str
    notes: list[str] = field(default_factory=list)

    def provenance(self) -> str:
        """One line for the reader: what made these figures, where and when."""
        return (
            f"recorded {self.date} by `{self.command}` on {self.device} (torch {self.versions['torch']}, commit "
            f"{self.commit[:9]}), not measured in this run"
        )


def recorded(name: str, folder: Path = FOLDER) -> Recording:
    """The figures recorded as NAME.json; prints their provenance, so that no reader takes them for live ones."""
    path = folder / f"{name}.json"
    if not path.is_file():
        there = sorted(p.stem for p in folder.glob("*.json"))
        raise FileNotFoundError(f"nothing is recorded as {name!r}; there is {there or 'nothing yet'}: run benchmarks/")
    recording = Recording(**json.loads(path.read_text(encoding="utf-8")))
    print(recording.provenance())
    return recording


def record(name: str, command: str, recipe_hash: str, rows: list[dict], folder: Path = FOLDER, notes=()) -> Path:
    """Write rows of figures with this machine's provenance to NAME.json and return its path."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else processor()
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=FOLDER, check=True)
    recording = Recording(
        name,
        command,
        recipe_hash,
        rows,
        device,
        versions,
        commit.stdout.strip(),
        str(datetime.date.today()),
        list(notes),
    )
    path = folder / f"{name}.json"
    path.write_text(json.dumps(asdict(recording), indent=1) + "\n", encoding="utf-8")
    return path


def processor() -> str:
    """The processor's name and number of threads used, from /proc/cpuinfo where there is one."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else platform.machine()}, {torch.get_num_threads()} threads"

"""`python -m coursekit.cli.budgets`: the lectures of the last `coursekit test` against their budgets."""

import sys

from coursekit.cli.clone import ROOT
from coursekit.cli.suite import REPORTS


def main() -> int:
    """Print seconds, budget and gate of each lecture; 1 if one took longer than its gate or no report is there."""
    from rich.console import Console
    from rich.table import Table

    from coursekit.build.calibration import check_budgets

    report = ROOT / REPORTS / "lectures.xml"
    if not report.is_file():
        print(f"There is no {report}: the lectures were not run to their end.")
        return 1
    rows = check_budgets(report, ROOT / "notebooks" / "src")
    table = Table("lecture", "seconds", "budget", "gate on this machine now", "")
    for row in rows:
        verdict = "[red]too slow[/]" if row.failed else ""
        table.add_row(row.stem, f"{row.seconds:.0f}", f"{row.budget:g}", f"{row.gate:.0f}", verdict)
    Console().print(table)
    return int(any(row.failed for row in rows))


if __name__ == "__main__":
    sys.exit(main())

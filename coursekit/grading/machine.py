"""Results for machines: Gradescope's results.json and JUnit XML."""

import json
from xml.etree import ElementTree

from coursekit.grading.roster import Row
from coursekit.grading.summary import hint
from coursekit.grading.words import STATUS, number, one_line, plain, remarks, title


def gradescope(result: dict, row: Row | None) -> str:
    """One result in the form of /autograder/results/results.json; every text in it is plain text."""
    tests = [
        {
            "name": one_line(check["id"]),
            "name_format": "text",
            "score": check["points"],
            "max_score": check["max_points"],
            "status": "passed" if check["status"] == "passed" else "failed",
            "output": plain(check["message"]) or STATUS.get(check["status"], ""),
            "output_format": "text",
        }
        for check in result["checks"]
    ]
    facts = {"submission": one_line(result["submission"]), "lesson": result["lesson"], "isolation": result["isolation"]}
    about = [f"{title(result['lesson'])}, isolation {result['isolation']}.", *remarks(result)]
    whole = {
        "score": result["points"],
        "output": " ".join(about),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": facts | ({"late_days": row.late_days} if row else {}),
        "tests": tests,
    }
    return json.dumps(whole, indent=1) + "\n"


def junit(results: list[dict]) -> str:
    """All results, a suite each, in the form of Jenkins' schema junit-10.xsd; a check without points is never skipped.

    A failure is a wrong answer or none; an error is a submission that did not answer.
    """
    root = ElementTree.Element("testsuites", name="coursekit grade")
    for result in results:
        kinds = [_kind(check["status"]) for check in result["checks"]]
        submission, lesson = one_line(result["submission"]), one_line(result["lesson"])
        counts = {
            "tests": str(len(kinds)),
            "failures": str(kinds.count("failure")),
            "errors": str(kinds.count("error")),
        }
        suite = ElementTree.SubElement(root, "testsuite", name=f"{submission} {lesson}", **counts)
        properties = ElementTree.SubElement(suite, "properties")
        facts = {"isolation": result["isolation"], "points": number(result["points"])}
        facts |= {"max_points": number(result["max_points"])}
        facts |= {"remark": " ".join(remarks(result))} if remarks(result) else {}
        for name, value in facts.items():
            ElementTree.SubElement(properties, "property", name=name, value=one_line(value))
        for check, kind in zip(result["checks"], kinds, strict=True):
            case = ElementTree.SubElement(suite, "testcase", classname=submission, name=one_line(check["id"]))
            if kind:
                message = one_line(hint(plain(check["message"])))
                found = ElementTree.SubElement(case, kind, type=one_line(check["status"]), message=message)
                found.text = plain(check["message"])
    ElementTree.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _kind(status: str) -> str:
    """The element that tells of a check's status; "" for one that passed."""
    return {"passed": "", "failed": "failure", "not_started": "failure"}.get(status, "error")

"""`coursekit doctor`: what is missing is named with its cure, and only an essential one is a failure."""

import importlib.metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coursekit.cli import app, doctor
from coursekit.grading import sandbox


def row(findings, thing):
    return next(finding for finding in findings if finding.thing == thing)


def test_this_machine_has_every_essential():
    answer = CliRunner().invoke(app, ["doctor"])
    assert answer.exit_code == 0, answer.output
    assert "torch" in answer.output and "embedded data" in answer.output


def test_a_missing_package_is_essential_and_has_a_cure(monkeypatch):
    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    torch = row(doctor.versions(), "torch")
    assert torch.found == "missing" and torch.essential and "make lab" in torch.cure
    answer = CliRunner().invoke(app, ["doctor"])
    assert answer.exit_code == 1 and "first see to: torch" in answer.output


def test_a_missing_browser_and_sandbox_have_cures_and_are_no_failure(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.setattr(
        sandbox, "obstacle", lambda level: "" if level == "none" else "needs bubblewrap: apt install it"
    )
    findings = list(doctor.tools())
    assert "apt install chromium" in row(findings, "browser for tests").cure
    assert row(findings, "isolation landlock").found == "does not work"
    assert row(findings, "isolation namespace").cure == "for grading: needs bubblewrap: apt install it"
    assert row(findings, "isolation none").cure == ""
    assert not any(finding.essential for finding in findings)


def test_an_empty_data_folder_is_named_with_the_layout_it_needs(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    assert "MNIST/raw" in row(doctor.data(), "COURSEKIT_DATA").cure
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    assert row(doctor.data(), "COURSEKIT_DATA").found.startswith("mnist (")
    assert row(doctor.data(), "COURSEKIT_DATA").cure == ""


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("COURSEKIT_DEVICE", "cuda:77")
    device = row(doctor.machine(), "device")
    assert device.essential and "COURSEKIT_DEVICE" in device.cure


@pytest.mark.skipif(not doctor.sys.platform.startswith("linux"), reason="Landlock is of Linux")
def test_the_landlock_version_agrees_with_the_kernels_list_of_security_modules():
    try:
        modules = Path("/sys/kernel/security/lsm").read_text().split(",")
    except OSError:
        pytest.skip("securityfs is not mounted here")
    assert (sandbox.landlock_version() > 0) == ("landlock" in modules)

"""The console command."""

from __future__ import annotations

import pytest

import fencepost as fp
from fencepost import command
from tests import planted

SCREEN = 45  # lines


@pytest.mark.parametrize("of", [[], ["train"], ["predict"], ["runs"], ["report"], ["export"]])
def test_help_is_one_screen(of, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        command.main([*of, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith(" ".join(["usage: fencepost", *of]))
    assert len(said.splitlines()) <= SCREEN


def test_version(capsys):
    with pytest.raises(SystemExit):
        command.main(["--version"])
    assert capsys.readouterr().out == f"fencepost {fp.__version__}\n"
    assert fp.__version__ == "0.1.0"


def test_a_command_that_there_is_not(capsys):
    assert command.main(["trian"]) == 2
    assert (
        "no command 'trian': choose train, predict, import, runs, report, export"
        in capsys.readouterr().err
    )


def test_runs_are_listed(tiny_run, artifacts_root, capsys):
    assert command.main(["runs"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("tiny  tiny  demo  3 of 6 = 50.0%  20")
    assert last == f"in {artifacts_root / 'runs'}"


def test_a_new_folder_is_listed_with_the_demo_run(artifacts_root, capsys):
    command.main(["runs"])
    assert capsys.readouterr().out.startswith("demo  Demo: drawn scenes  demo  933 of 1,000")


def test_a_training_that_is_refused(artifacts_root, capsys):
    assert command.main(["train", "--dataset=unicorns"]) == 1
    assert capsys.readouterr().err.startswith("fencepost train: ")


def test_the_report_of_a_fix(save_tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run, _ = planted.save(save_tiny)
    fixed = fp.save_fix(run, fp.fix(run, "mute", channels=[planted.FENCE], strength=1.0))
    assert command.main(["report", fixed.id]) == 0
    written = tmp_path / f"{fixed.id}.html"
    assert capsys.readouterr().out == f"{written}\n"
    assert "Mute channels" in written.read_text("utf-8")


def test_a_report_needs_two_runs(tiny_run, capsys):
    assert command.main(["report", "tiny"]) == 1
    assert "tiny is no fix of another run: say --before RUN" in capsys.readouterr().err


def test_other_options_are_the_servers(monkeypatch, artifacts_root, capsys):
    asked = []
    monkeypatch.setattr("streamlit.web.cli.main", lambda args, prog_name: asked.extend(args))
    assert command.main(["--server.port", "9000", "--theme.base=dark"]) == 0
    assert asked[0] == "run"
    assert asked[1].endswith("dashboard/app.py")
    assert asked[2:] == ["--server.port", "9000", "--theme.base=dark"]
    assert str(artifacts_root) in capsys.readouterr().out


def test_a_table_is_told_before_it_is_a_run(tmp_path, artifacts_root, capsys, monkeypatch):
    monkeypatch.setattr("core.bringing.tables.measuring.start", lambda run: None)
    table = tmp_path / "mine.csv"
    table.write_text("file,y,p_cat,p_dog\na.jpg,cat,0.9,0.1\nb.jpg,dog,0.6,0.4\n")
    assert command.main(["import", str(table)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].split() == ["rows", "2:", "2", "test"]
    assert told[-1].startswith("Run ")
    assert "1 of 2 = 50%" in told[-1]
    assert command.main(["import", str(table)]) == 1
    assert "already, 'mine': say --again" in capsys.readouterr().err
    assert command.main(["import", str(table), "--columns", "colour=y"]) == 1
    assert "cannot mean 'colour'" in capsys.readouterr().err

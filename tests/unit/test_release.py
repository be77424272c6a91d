"""`.ci/release`: what has to be so before a release is made (making one takes minutes, and the registry)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PART = "# Changelog\n\n## Unreleased\n\n## [1.2.0] - 2026-11-28\n"


def git(folder: Path, *words: str) -> None:
    """Run git as someone."""
    someone = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    subprocess.run(["git", *someone, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that could be released but for known advisories: its audit fails."""
    folder = tmp_path / "project"
    (folder / ".ci").mkdir(parents=True)
    (folder / ".ci" / "release").write_bytes((ROOT / ".ci" / "release").read_bytes())
    (folder / ".ci" / "audit").write_text("echo 'a known advisory'; exit 1", "utf-8")
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n', "utf-8")
    (folder / "CHANGELOG.md").write_text(PART, "utf-8")
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "one")
    return folder


def release(folder: Path) -> str:
    """What a release that is not made says."""
    done = subprocess.run(["bash", ".ci/release"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert not (folder / "dist").exists()
    return done.stdout + done.stderr


def test_a_release_is_of_a_committed_version_that_the_changelog_has(project: Path) -> None:
    assert release(project) == "a known advisory\n", "all else is as it should be"
    git(project, "tag", "v1.2.0")
    assert release(project) == "a known advisory\n", "the same commit may be built again"
    (project / "new.txt").write_text("", "utf-8")
    assert release(project) == "no release: there are changes that are not committed\n"
    git(project, "add", ".")
    git(project, "commit", "-m", "two")
    assert release(project) == "no release: v1.2.0 is another commit: raise the version\n"
    (project / "pyproject.toml").write_text('[project]\nversion = "1.2.1"\n', "utf-8")
    git(project, "commit", "-am", "three")
    assert release(project) == "no release: CHANGELOG.md has no part '## [1.2.1] - DATE'\n"

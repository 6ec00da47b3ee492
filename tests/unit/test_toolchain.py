"""Which Lean is found for a file, and what is said when there is none. Programs are shell scripts."""

import sys
from pathlib import Path

import pytest

from tests.lean_project import DATA, TOOLCHAIN, make_project, write_program
from turnstile_lsp.agents.errors import ImportsMissing, LeanFailed, LeanMissing, UntrustedWorkspace
from turnstile_lsp.agents.lean.project import folders_to_trust, project_root
from turnstile_lsp.agents.lean.toolchain import discover

VERSION = 'echo "Lean (version 4.28.0, x86_64-unknown-linux-gnu, commit 0123, Release)"'


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with nothing of Lean: no elan, no `lean` on the PATH, no embedded Lean."""
    return {
        "HOME": str(tmp_path / "home"),
        "PATH": f"{tmp_path}/programs:/usr/bin:/bin",
        "TURNSTILE_CACHE_DIR": str(tmp_path / "cache"),
        "LAKE_LOG": str(tmp_path / "lake.log"),
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def install_toolchain(environment: dict[str, str], name: str = TOOLCHAIN) -> Path:
    programs = Path(environment["HOME"]) / ".elan/toolchains" / name / "bin"
    write_program(programs / "lean", VERSION)
    write_program(programs / "lake", f'exec {sys.executable} {DATA / "lake_stand_in.py"} "$@"')
    return programs


def put_on_path(environment: dict[str, str]) -> Path:
    """A Lean on the PATH, with an empty library of its own."""
    programs = Path(environment["PATH"].split(":")[0])
    write_program(programs / "lean", VERSION)
    library = programs.parent / "lib/lean"
    library.mkdir(parents=True)
    (library / "Init.olean").touch()
    return programs


def lake_ran(environment: dict[str, str]) -> bool:
    return Path(environment["LAKE_LOG"]).exists()


async def test_a_project_gets_its_own_toolchain_and_its_options(project, environment):
    programs = install_toolchain(environment)
    toolchain = await discover(project / "Fixture.lean", "", environment=environment, trusted=True)
    assert toolchain.command == (str(programs / "lean"),)
    assert toolchain.version == "4.28.0"
    assert toolchain.project == toolchain.working_folder == str(project)
    assert toolchain.options == {"autoImplicit": False}
    assert toolchain.setup is not None
    assert toolchain.setup["name"] == "Fixture"
    assert not toolchain.embedded


async def test_imports_of_the_project_are_found_where_lake_says(project, environment):
    install_toolchain(environment)
    build = project / ".lake/build/lib/lean"
    (build / "Fixture").mkdir(parents=True)
    (build / "Fixture/Lemmas.olean").touch()
    text = "import Fixture.Lemmas\n"
    toolchain = await discover(project / "Use.lean", text, environment=environment, trusted=True)
    assert list(toolchain.lean_path) == [str(build)]


async def test_an_untrusted_project_runs_nothing(project, environment):
    install_toolchain(environment)
    put_on_path(environment)
    with pytest.raises(UntrustedWorkspace, match="not trusted") as raised:
        await discover(project / "Fixture.lean", "", environment=environment, trusted=False)
    assert raised.value.mend == f"turnstile trust {project}"
    assert not lake_ran(environment)


async def test_a_missing_toolchain_is_named_and_nothing_stands_in(project, environment):
    install_toolchain(environment, "leanprover--lean4---v4.27.0")
    with pytest.raises(LeanMissing, match="not installed") as raised:
        await discover(project / "Fixture.lean", "", environment=environment, trusted=True)
    assert raised.value.mend == "elan toolchain install leanprover/lean4:v4.28.0"


async def test_a_lean_on_the_path_serves_a_project_of_its_version_only(project, environment):
    programs = put_on_path(environment)
    (project / "lakefile.toml").unlink()
    toolchain = await discover(project / "Fixture.lean", "", environment=environment, trusted=True)
    assert toolchain.command == (str(programs / "lean"),)
    (project / "lean-toolchain").write_text("leanprover/lean4:v4.27.0\n")
    with pytest.raises(LeanMissing):
        await discover(project / "Fixture.lean", "", environment=environment, trusted=True)


async def test_the_proxy_of_elan_is_never_run(tmp_path, environment):
    programs = Path(environment["PATH"].split(":")[0])
    write_program(programs / "elan", "exit 1")
    write_program(programs / "lean", f"touch {tmp_path}/downloaded")
    with pytest.raises(LeanMissing):
        await discover(tmp_path / "alone.lean", "", environment=environment, trusted=True)
    assert not (tmp_path / "downloaded").exists()
    native = install_toolchain(environment)
    settings = Path(environment["HOME"]) / ".elan/settings.toml"
    settings.write_text('default_toolchain = "leanprover/lean4:v4.28.0"\n')
    library = native.parent / "lib/lean"
    library.mkdir(parents=True)
    (library / "Init.olean").touch()
    toolchain = await discover(tmp_path / "alone.lean", "", environment=environment, trusted=True)
    assert toolchain.command == (str(native / "lean"),)


async def test_a_file_alone_uses_the_lean_on_the_clients_path(tmp_path, environment):
    programs = put_on_path(environment)
    environment["LEAN_PATH"] = "/somewhere:/else"
    toolchain = await discover(tmp_path / "alone.lean", "", environment=environment, trusted=False)
    assert toolchain.command == (str(programs / "lean"),)
    assert toolchain.lean_path == ["/somewhere", "/else"]
    assert toolchain.project is None


@pytest.mark.parametrize("file", [None, "alone.lean"])
async def test_without_any_lean_the_embedded_one_is_offered(tmp_path, environment, file):
    with pytest.raises(LeanMissing, match="no Lean on this machine") as raised:
        await discover(tmp_path / file if file else None, "", environment=environment, trusted=True)
    assert raised.value.mend == "turnstile lean install"


async def test_mathlib_outside_a_project_is_told(tmp_path, environment):
    put_on_path(environment)
    with pytest.raises(ImportsMissing, match=r"Mathlib\.Tactic is imported") as raised:
        await discover(tmp_path / "alone.lean", "import Mathlib.Tactic\n", environment=environment, trusted=True)
    assert raised.value.mend == "lake new my_project math"


async def test_mathlib_that_no_package_provides_is_told(project, environment):
    install_toolchain(environment)
    with pytest.raises(ImportsMissing, match="no package of") as raised:
        await discover(project / "Fixture.lean", "import Mathlib\n", environment=environment, trusted=True)
    assert raised.value.mend == "lake exe cache get"


async def test_unbuilt_imports_name_the_build(project, environment):
    install_toolchain(environment)
    with pytest.raises(ImportsMissing, match="not built") as raised:
        await discover(project / "Use.lean", "import Fixture.Lemmas\n", environment=environment, trusted=True)
    assert raised.value.mend == "lake build Fixture.Lemmas"


@pytest.mark.parametrize(
    ("manifest", "mend"),
    [
        (
            '{"packages": [{"name": "mathlib", "type": "git"}, {"name": "batteries", "type": "git"}]}',
            "lake exe cache get",
        ),
        ('{"packages": [{"name": "mine", "type": "path", "dir": "../mine"}]}', "lake build"),
        ('{"packages": 1}', "lake update"),
        (None, "lake update"),
    ],
    ids=["mathlib", "path", "damaged", "never resolved"],
)
async def test_packages_are_looked_for_before_lake_could_clone_them(project, environment, manifest, mend):
    install_toolchain(environment)
    if manifest:
        (project / "lake-manifest.json").write_text(manifest)
    else:
        with (project / "lakefile.toml").open("a") as lakefile:
            lakefile.write('[[require]]\nname = "batteries"\n')
    with pytest.raises(ImportsMissing) as raised:
        await discover(project / "Fixture.lean", "", environment=environment, trusted=True)
    assert raised.value.mend == mend
    assert not lake_ran(environment)


async def test_a_lake_that_fails_is_quoted(project, environment):
    programs = install_toolchain(environment)
    write_program(programs / "lake", "echo 'error: lakefile.toml: unexpected key' >&2; exit 1")
    with pytest.raises(LeanFailed, match="unexpected key"):
        await discover(project / "Fixture.lean", "", environment=environment, trusted=True)


def test_the_nearest_project_counts(project):
    inner = project / "packages/inner"
    inner.mkdir(parents=True)
    (inner / "lakefile.lean").touch()
    assert project_root(inner / "A/B.lean") == inner
    assert project_root(project / "Fixture.lean") == project
    assert project_root(project.parent / "alone.lean") is None


def test_a_projects_root_above_the_file_must_be_trusted_too(project):
    assert folders_to_trust(project / "A/B.lean") == [project / "A", project]
    assert folders_to_trust(project.parent / "alone.lean") == [project.parent, project.parent]

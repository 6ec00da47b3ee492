"""What never enters a prompt."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile_lsp.agents.coder.index.secrets import is_secret_file, looks_secret, redact

# Joined at run time, so that nobody's scanner takes this file for a leak.
SECRET_LINES = [
    "key = 'sk-" + "a1B2" * 8 + "'",
    "ghp_" + "A1b2C3" * 6,
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "aws: " + "ASIA" + "0123456789ABCDEF",
    "postgres://admin:hunter22@db.example.org/main",
    'password = "correct-horse"',
    "  'PASSWORD': 'hunter22',",
    'db_password: str = "s3cr3tvalue"',
    'API_KEY="abcd1234efgh5678"',
    "auth_token: 9f8e7d6c5b4a3f2e",
    "Authorization: Bearer abc.def-ghi_jkl",
    "jwt = eyJhbGciOiJIUzI1" + ".eyJzdWIiOiIxMjM0NTY3" + ".sig",
    'blob = "' + "aB3dE5fG7h" * 5 + '"',
]
PLAIN_LINES = [
    "password = get_password()",
    "token = tokens[index]",
    'token = "<eos>"',
    "def check_password(self, password: str) -> bool:",
    'raise ValueError("the API key is missing")',
    "key = lambda item: item.key",
    'sha256 = "' + "0a" * 32 + '"',
    "password: str",
    'url = f"https://{host}:{port}/v1"',
    "    library/python3/site-packages/somebodysPackage/very/deep/inside",
    "    TheLongestNameOfATestThatAnybodyEverWroteForVersion2,",
]


@pytest.mark.parametrize("line", SECRET_LINES)
def test_a_line_that_looks_like_a_credential_is_dropped(line: str) -> None:
    assert looks_secret(line)
    assert redact(f"before\n{line}\nafter").split("\n")[::2] == ["before", "after"]
    assert line not in redact(f"before\n{line}\nafter")


@pytest.mark.parametrize("line", PLAIN_LINES)
def test_code_about_credentials_stays(line: str) -> None:
    assert redact(line) == line


def test_a_private_key_is_dropped_whole_also_where_a_window_cuts_it() -> None:
    begins, ends = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    body = "MIIE\nvQIB"
    assert redact(f"a\n{begins}\n{body}\n{ends}\nb") == "a\n\n\n\n\nb"
    assert redact(f"vQIB\n{ends}\nb") == "\n\nb"
    assert redact(f"a\n{begins}\n{body}") == "a\n\n\n"


@pytest.mark.parametrize(("before", "behind"), [("", ""), ("    ", ""), ('  "', '\\n"'), ("'", "' +")])
def test_the_midst_of_a_private_key_is_dropped_where_neither_its_beginning_nor_its_end_is_seen(
    before: str, behind: str
) -> None:
    key = random.Random(3).randbytes(4096)
    body = base64.b64encode(key).decode()
    lines = [f"{before}{body[at : at + 64]}{behind}" for at in range(0, len(body) - 64, 64)]
    assert redact("\n".join(["a = 1", *lines, "b"])).split() == ["a", "=", "1", "b"]


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "config/.env.production",
        "deploy/prod.env",
        "keys/server.PEM",
        "/home/user/.ssh/config",
        "id_ed25519",
        "id_rsa.old",
        ".aws/credentials",
        "a/.netrc",
        "infra/prod.tfvars",
    ],
)
def test_files_that_hold_secrets(path: str) -> None:
    assert is_secret_file(path)


@pytest.mark.parametrize(
    "path", ["environment.py", "src/env.py", "keyboard.py", "pem.md", "ssh/config.py", "tests/test_secrets.py"]
)
def test_files_that_do_not(path: str) -> None:
    assert not is_secret_file(path)


@given(st.text(alphabet="ab =:'\"\n0123keytoknpaswrd-", max_size=300))
def test_lines_keep_their_numbers_and_what_stays_is_as_it_was(text: str) -> None:
    before, after = text.split("\n"), redact(text).split("\n")
    assert len(before) == len(after)
    assert all(new in (old, "") for old, new in zip(before, after, strict=True))
    assert not any(looks_secret(line) for line in after)
    assert redact("\n".join(after)) == "\n".join(after)

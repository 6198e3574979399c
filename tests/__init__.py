"""Tests, and what they share."""

from pathlib import Path

import pytest

# Assertions in shared helpers show what they compared, too.
pytest.register_assert_rewrite("tests.command_line", "tests.posts")

#: The root of the project.
ROOT = Path(__file__).parent.parent

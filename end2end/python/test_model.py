"""The tables of the service's model are what end2end/model.py writes."""

import re
import sys
from pathlib import Path

import botocore
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import model  # noqa: E402


@pytest.mark.parametrize("service", model.SERVICES)
def test_the_table_is_what_model_py_writes(service):
    table = model.path(service).read_text(encoding="utf-8")
    written_from = re.search(r"botocore ([\d.]+)", table)[1]
    assert written_from == botocore.__version__, "requirements.txt pins the version that the table was written from"
    assert model.render(service) == table

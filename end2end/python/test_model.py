"""The tables of the service's model are what end2end/model.py writes."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
botocore = pytest.importorskip("botocore")
import model  # noqa: E402


@pytest.mark.parametrize("service", model.SERVICES)
def test_the_table_is_what_model_py_writes(service):
    table = model.path(service).read_text(encoding="utf-8")
    written_from = re.search(r"botocore ([\d.]+)", table)[1]
    if written_from != botocore.__version__:
        pytest.skip(f"written from botocore {written_from}, and {botocore.__version__} is installed")
    assert model.render(service) == table

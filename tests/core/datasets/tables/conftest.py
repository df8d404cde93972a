import pytest

from tests.tables import CATS, DOGS
from tests.trees import tree


@pytest.fixture
def images(tmp_path):
    tree(tmp_path, *CATS, *DOGS)
    return tmp_path

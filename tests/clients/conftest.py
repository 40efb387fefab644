from tests.province import browser, province

__all__ = ["browser", "province"]

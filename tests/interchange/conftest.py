from tests.interchange.importing import bring

__all__ = ["bring"]

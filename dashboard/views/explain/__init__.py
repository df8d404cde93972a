"""Why a confusion happens."""

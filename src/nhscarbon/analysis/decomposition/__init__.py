"""Why a footprint changed."""

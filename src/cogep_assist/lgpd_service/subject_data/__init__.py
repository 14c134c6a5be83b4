"""Where a data subject's data lie: the inventory that export, erasure and retention go by."""

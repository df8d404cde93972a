"""Where the model errs: overview, confusion, gallery, classes, image."""

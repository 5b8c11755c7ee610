"""Pictures that the command line, the notebooks and the documents share: one module a picture, one style."""

"""Accounts of staff: who may come in, how, and for how long. One file a thing; `gate` lets in, `register` keeps."""

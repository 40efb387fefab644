"""The checker: tries an application as its developer has it, and says what is to be mended."""

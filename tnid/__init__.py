"""Thai Nguyen ID: the province's people, pages, stores and commands around the protocol."""

import gc

# Reading the program in makes a million objects and no garbage; a busy request makes little
gc.set_threshold(50_000, 20, 20)

"""A topics file that holds, read once more for what will make its figures useless.

    source    the file, to name lines
    style     topics that are no problems, too many or few, that teach too little
    meaning   labels and examples that overlap, or that a model files elsewhere
    traffic   topics that nobody writes about, and huge ones

Faults stop a file from being used (`taxonomy.reading`); these are warnings, each with its
line. The thresholds are rules of thumb, stated where they apply.
"""

__all__: list[str] = []

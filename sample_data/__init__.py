"""The sample_data room: a believable landing folder, made from a seed.

What enters: a number of meters, a number of days, a start date and a seed. What leaves: a folder of raw files as
meters and publishers write them, and `truth.csv`, which says what was done to them. It exists so that the whole
lake can be tried, tested and measured where no real readings may go.
"""

if __name__ != "meterlake.sample_data":
    raise ImportError(f"this room is meterlake.sample_data, and it was imported as {__name__}: it has no second name")

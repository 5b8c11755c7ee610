"""One module an analysis: a lake and a selection enter, an answer that can be drawn leaves."""

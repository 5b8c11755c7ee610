"""Readings as Green Button, for those who take them from here: the XML of ESPI."""

"""The law of eventsys, told with a fixed cast on real databases."""

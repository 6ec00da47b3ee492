"""A small inventory: what is in stock, kept in a JSON file."""

import json


class Inventory:
    """Quantities by article."""

    def __init__(self, path):
        self.path = path
        self.items = {}

    def load(self):
        with open(self.path, encoding="utf-8") as file:
            self.items = json.load(file)

    def save(self):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.items, file)

    def add(self, name, quantity):
        self.items[name] = self.items.get(name, 0) + quantity

    def remove(self, name, quantity):
        if name not in self.items:
            raise KeyError
        self.items[name] -= quantity

    def __contains__(self, name):
        return name in self.items

    def __len__(self):
        return len(self.items)

    def report(self):
        for name, quantity in self.items.

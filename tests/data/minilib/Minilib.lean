module

public import Minilib.Order
public import Minilib.Syntax
public import Minilib.Tactic

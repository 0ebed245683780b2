"""Mode collapse, counted: recipes on data whose modes are known, and the remedies as changes to them."""

# hint: Is there a `return`?


class Value(Value):
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        Value(self.data + other.data, (self, other), (1.0, 1.0))

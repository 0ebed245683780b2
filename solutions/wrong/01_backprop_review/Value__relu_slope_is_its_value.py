# hint: the value of relu where its slope, 1, belongs


class Value(Value):
    def relu(self):
        return Value(max(0.0, self.data), (self,), (max(0.0, self.data),))

# hint: its slope is 0


class Value(Value):
    def relu(self):
        return Value(max(0.0, self.data), (self,), (1.0,))

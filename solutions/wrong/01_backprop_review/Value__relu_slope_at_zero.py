# hint: > and not >=


class Value(Value):
    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data >= 0),))

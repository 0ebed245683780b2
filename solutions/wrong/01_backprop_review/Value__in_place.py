# hint: changed the Value it was given


class Value(Value):
    def relu(self):
        slope = float(self.data > 0)
        self.data = max(0.0, self.data)
        return Value(self.data, (self,), (slope,))

# hint: the square of the result, not of the input
import math


class Value(Value):
    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - self.data**2,))

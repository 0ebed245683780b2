# hint: `math.tanh` knows
import math


class Value(Value):
    def tanh(self):
        t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
        return Value(t, (self,), (1 - t * t,))

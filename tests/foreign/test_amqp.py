"""Over AMQP, SAGAFLOW_SERVICE says where."""
from foreign_case import ForeignCase, JoinsCase
from split_service import shared_broker


class ChatTest(JoinsCase, ForeignCase):
    program = "chat_over_amqp.py"

    def command(self):
        return [shared_broker(), self.topic("req"), self.database()]

#pragma once
// intrusive_list: a FIFO of nodes that carry their own links; unlinking is O(1) and nothing is allocated.
//
//   threads   none of its own: whoever owns the list serialises.

namespace weft {

class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  bool linked() const noexcept { return next_ != nullptr; }

 private:
  template <class Node>
  friend class IntrusiveList;
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

// One pointer: the newest node; the ring's next after it is the oldest. Node derives from ListNode.
template <class Node>
class IntrusiveList {
 public:
  IntrusiveList() = default;
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;

  bool empty() const noexcept { return newest_ == nullptr; }
  Node* front() const noexcept { return newest_ == nullptr ? nullptr : static_cast<Node*>(newest_->next_); }

  void push_back(Node& added) noexcept {
    ListNode& node = added;
    if (newest_ == nullptr) {
      node.next_ = node.previous_ = &node;
    } else {
      node.previous_ = newest_;
      node.next_ = newest_->next_;
      newest_->next_->previous_ = &node;
      newest_->next_ = &node;
    }
    newest_ = &node;
  }

  void remove(Node& removed) noexcept {
    ListNode& node = removed;
    if (node.next_ == &node) {
      newest_ = nullptr;
    } else {
      node.previous_->next_ = node.next_;
      node.next_->previous_ = node.previous_;
      if (newest_ == &node) newest_ = node.previous_;
    }
    node.next_ = node.previous_ = nullptr;
  }

  Node* pop_front() noexcept {
    Node* first = front();
    if (first != nullptr) remove(*first);
    return first;
  }

  // visit(node) for each, the oldest first; it must not change the list.
  template <class Visit>
  void for_each(Visit visit) const {
    if (newest_ == nullptr) return;
    ListNode* node = newest_;
    do {
      node = node->next_;
      visit(*static_cast<Node*>(node));
    } while (node != newest_);
  }

  // Takes every node of `other`, in its order, behind the present ones.
  void append(IntrusiveList& other) noexcept {
    if (other.newest_ == nullptr) return;
    if (newest_ != nullptr) {
      ListNode* first = newest_->next_;
      ListNode* other_first = other.newest_->next_;
      newest_->next_ = other_first;
      other_first->previous_ = newest_;
      other.newest_->next_ = first;
      first->previous_ = other.newest_;
    }
    newest_ = other.newest_;
    other.newest_ = nullptr;
  }

 private:
  ListNode* newest_ = nullptr;
};

}  // namespace weft
